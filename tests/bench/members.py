"""Sign members in as they do it themselves: the page, its form, its token."""

import re
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from board.answers import FRESH_COOKIE
from tests.bench.asking import HOST, ask, get
from tests.bench.plan import Scene, Writer
from tests.bench.servers import Unusable
from tests.bench.stage import PASSWORD, thread_name, writer_address

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')
AT_ONCE = 4


def sign_in_all(scene: Scene, count: int | None = None) -> None:
    """Sign writers in, each once; all of them unless `count` says how many are needed."""
    token = token_in(get(scene.port, "/login").text)
    wanted = range(len(scene.writers), count or scene.plan.sizes.writers)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        scene.writers += pool.map(lambda n: sign_in(scene.port, n, token), wanted)


def sign_in(port: int, number: int, token: str) -> Writer:
    """Send the log-in form, then read the token on the page that follows."""
    connection = HTTPConnection(HOST, port, timeout=60)
    form = {"csrf_token": token, "email": writer_address(number), "password": PASSWORD}
    page = ask(connection, "POST", "/login", form)
    if page.status not in (302, 303) or not page.cookies:
        raise Unusable(f"{writer_address(number)} cannot log in: the answer is {page.status}")
    kept = page.cookies
    page = ask(connection, "GET", f"/articles/{thread_name(20)}", headers={"Cookie": as_header(kept)})
    connection.close()
    return Writer(number + 1, as_header({**kept, **page.cookies}), token_in(page.text))


def as_header(cookies: dict[str, str]) -> str:
    """Return the cookies as a browser sends them some seconds later."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items() if name != FRESH_COOKIE)


def token_in(html: str) -> str:
    """Return the token that the page's forms carry."""
    found = TOKEN.search(html)
    if not found:
        raise Unusable("There is no form token on a page that should have one.")
    return found[1] or found[2]
