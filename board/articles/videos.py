"""Videos as stills: what a link plays, and where, once a reader presses it. Nothing is fetched before."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

YOUTUBE_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"})
YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
YOUTUBE_PATH = re.compile(r"/(?:shorts|embed|live)/([^/]+)/?")
VIMEO_HOSTS = frozenset({"vimeo.com", "www.vimeo.com", "player.vimeo.com"})
VIMEO_PATH = re.compile(r"/(?:video/)?(\d{1,12})(?:/([0-9a-f]{6,20}))?/?")  # the second part opens an unlisted video


@dataclass(frozen=True)
class Still:
    """A video before it is pressed; without `embed_url` it is a plain link."""

    url: str
    title: str
    embed_url: str
    provider: str


def still(url: str, title: str = "") -> Still:
    """Return what to show for a video's address; its title falls back on the provider's name."""
    embed_url, provider = _youtube(url) or _vimeo(url) or ("", urlsplit(url).hostname or "")
    return Still(url, title or provider, embed_url, provider)


def _youtube(url: str) -> tuple[str, str] | None:
    parts = urlsplit(url)
    found = ""
    if parts.hostname == "youtu.be":
        found = parts.path.strip("/")
    elif parts.hostname in YOUTUBE_HOSTS:
        in_path = YOUTUBE_PATH.fullmatch(parts.path)
        found = in_path[1] if in_path else parse_qs(parts.query).get("v", [""])[0]
    if not YOUTUBE_ID.fullmatch(found):
        return None
    return f"https://www.youtube-nocookie.com/embed/{found}?autoplay=1&rel=0", "YouTube"


def _vimeo(url: str) -> tuple[str, str] | None:
    parts = urlsplit(url)
    found = VIMEO_PATH.fullmatch(parts.path)
    if parts.hostname not in VIMEO_HOSTS or not found:
        return None
    key = f"&h={found[2]}" if found[2] else ""
    return f"https://player.vimeo.com/video/{found[1]}?autoplay=1&dnt=1{key}", "Vimeo"
