// Signs a warrant with an officer's passkey: the content hash is the challenge, and what the passkey answers goes into
// the form's hidden fields. Without this script the page says that another key signs as well.

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function answerOf(box) {
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: bytesOf(box.dataset.challenge),
      rpId: box.dataset.relyingParty,
      allowCredentials: [{ type: "public-key", id: bytesOf(box.dataset.credential) }],
      userVerification: "required",
      timeout: 120000,
    },
  });
  const { clientDataJSON, authenticatorData, signature } = credential.response;
  return { client_data: clientDataJSON, authenticator_data: authenticatorData, signature };
}

for (const box of document.querySelectorAll("[data-passkey-sign]")) {
  const form = box.querySelector("form");
  const said = box.querySelector("[data-passkey-said]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.hidden = true;
    try {
      for (const [name, buffer] of Object.entries(await answerOf(box))) {
        form.elements[name].value = hexOf(buffer);
      }
      form.submit();
    } catch {
      said.textContent = box.dataset.failed;
      said.hidden = false;
    }
  });
}
