// In a frame whose page around has sent a token of the publisher's, which says who reads; the server judges it.
const { vouched } = document.querySelector("script[data-vouched]").dataset;
const isMember = () => document.querySelector("[data-member]") !== null;

// The page's developer reads what is wrong in the console; its reader, who can do nothing about it, what to do instead.
const complain = ({ error, code, told }) => {
  console.error(`Board: ${error} (${code})`);
  const place = document.getElementById("vouching") || document.createElement("p");
  Object.assign(place, { id: "vouching", className: "muted", role: "alert", textContent: told });
  document.getElementById("main").prepend(place);
};

// Storage may be blocked, so the frame's name remembers the last reload.
const reloadOnce = () => {
  if (Date.now() - (window.name.match(/^board-(\d+)$/)?.[1] || 0) < 5000) return;
  window.name = `board-${Date.now()}`;
  location.reload();
};

export const vouch = async (token, isLastTry) => {
  if (typeof token !== "string" || (!token.trim() && !isMember())) return;
  const body = new FormData();
  body.set("token", token.trim());
  body.set("csrf_token", document.querySelector('[name="csrf_token"]')?.value || "");
  const answer = await fetch(vouched + (token.trim() ? "" : "/end"), { method: "POST", body, headers: { "HX-Request": "true" } });
  const said = await answer.json().catch(() => ({}));
  if (said.code === "used" && !isLastTry) setTimeout(vouch, 1500, token, true); // by another frame of this page, maybe
  else if (said.error) complain(said);
  else if (answer.ok && (said.member !== isMember() || said.is_new)) reloadOnce();
};
