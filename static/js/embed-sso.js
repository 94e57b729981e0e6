// On a publisher's page beside embed.js: passes the publisher's token, which an element names by `sso-url` or `sso-token`, to
// the element's frame, which alone can use it. See docs/single-sign-on.md.
const home = new URL(import.meta.url).origin, watched = new WeakSet();

// An empty token says that nobody is logged in at the publisher; an answer that is an error says nothing.
const tokenFor = async (element) => {
  const url = element.getAttribute("sso-url");
  if (!url) return element.getAttribute("sso-token") ?? "";
  const answer = await fetch(url);
  if (answer.ok) return answer.text();
  console.warn(`Board: ${url} answers with ${answer.status}, so nobody is logged in or out.`);
};

const tell = async (element) => {
  try {
    const token = await tokenFor(element);
    element.frame?.contentWindow?.postMessage({ board: "sso", token }, home);
  } catch (error) {
    console.warn(`Board: ${error.message}`);
  }
};

const vouch = (element) => {
  if (!element.isReady || !element.matches("[sso-url],[sso-token]")) return;
  tell(element);
  if (watched.has(element)) return;
  watched.add(element);
  new MutationObserver(() => tell(element)).observe(element, { attributeFilter: ["sso-token", "sso-url"] });
};

document.addEventListener("board:ready", ({ target }) => vouch(target));
for (const element of document.querySelectorAll("[sso-url],[sso-token]")) vouch(element);
