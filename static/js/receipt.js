/* The ledger's page: the voter's browser checks the server's proof by itself. Without this script the server shows it. */
"use strict";

for (const form of document.querySelectorAll("form[data-receipt]")) {
  const typed = form.elements.receipt, out = document.getElementById(form.dataset.receipt);
  typed.addEventListener("input", () => out.replaceChildren());
  form.addEventListener("submit", async (event) => {
    const receipt = typed.value.replace(/[\s-]/g, "").toLowerCase();
    if (event.submitter?.name === "proof" || !/^[0-9a-f]{32}$/.test(receipt)) return;
    event.preventDefault();
    const asked = typed.value;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
      const parts = await answer.text();
      form.dispatchEvent(new Event("answered", { bubbles: true })); // board.js lets the form be sent again
      if (typed.value !== asked) return;
      const page = new DOMParser().parseFromString(parts, "text/html");
      const proof = page.querySelector("[data-proof]");
      const fault = proof ? LedgerHashes.faultOfProof(receipt, JSON.parse(proof.dataset.proof)) : null;
      out.replaceChildren(...page.body.childNodes);
      if (fault === null) return;
      const told = document.createElement("p");
      told.textContent = fault ? form.dataset.wrong : form.dataset.right;
      told.className = fault ? "field__error" : "";
      out.append(told);
    } catch {
      form.submit();
    }
  });
}
