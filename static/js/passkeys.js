// Passkeys: hands the browser what the server asks, and the server what the browser answers.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;
  for (const element of document.querySelectorAll("[data-passkeys-only]")) element.hidden = false;
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const named = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const ask = {
    create: (options) => navigator.credentials.create({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    } }),
    get: (options) => navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials),
    } }),
  };

  const answer = ({ id, rawId, type, response, getClientExtensionResults }, credential) => JSON.stringify({
    id,
    rawId: text(rawId),
    type,
    response: response.attestationObject
      ? {
        attestationObject: text(response.attestationObject),
        clientDataJSON: text(response.clientDataJSON),
        transports: response.getTransports ? response.getTransports() : null,
      }
      : {
        authenticatorData: text(response.authenticatorData),
        clientDataJSON: text(response.clientDataJSON),
        signature: text(response.signature),
        userHandle: response.userHandle ? text(response.userHandle) : null,
      },
    extensions: JSON.stringify(getClientExtensionResults.call(credential)),
  });

  const start = async () => {
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      const credential = await ask[form.dataset.passkey](JSON.parse(form.dataset.passkeyOptions));
      form.elements.credential.value = answer(credential, credential);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); event.stopImmediatePropagation(); start(); }, true);
  start();
})();
