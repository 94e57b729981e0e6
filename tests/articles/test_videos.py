"""A video's link says what plays it; what we don't know stays a link."""

import pytest

from board.articles.videos import still

TUBE = "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1&rel=0"


@pytest.mark.parametrize(
    "url",
    [
        "https://youtu.be/aqz-KE-bpKQ",
        "https://youtu.be/aqz-KE-bpKQ?si=abc",
        "https://www.youtube.com/watch?v=aqz-KE-bpKQ&t=3s",
        "https://m.youtube.com/watch?app=desktop&v=aqz-KE-bpKQ",
        "https://www.youtube.com/shorts/aqz-KE-bpKQ",
        "https://www.youtube.com/embed/aqz-KE-bpKQ",
    ],
)
def test_youtube_plays_without_cookies(url: str) -> None:
    assert still(url).embed_url == TUBE


@pytest.mark.parametrize("url", ["https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871"])
def test_vimeo_plays_without_tracking(url: str) -> None:
    assert still(url).embed_url == "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1"


def test_an_unlisted_vimeo_video_keeps_its_key() -> None:
    assert still("https://vimeo.com/76979871/0abc12de34").embed_url.endswith("&h=0abc12de34")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/trailer.mp4",
        "https://youtube.com.example.com/watch?v=aqz-KE-bpKQ",
        "https://www.youtube.com/watch?v=aqz-KE-bpKQ%22onload",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/shorts/../x",
        "https://vimeo.com/channels/staffpicks",
        "https://example.com/?u=youtu.be/aqz-KE-bpKQ",
    ],
)
def test_anything_else_is_a_link(url: str) -> None:
    assert still(url).embed_url == ""
