// Takes the report code of a result report out of the address, where a scanned QR code has left it behind the
// number sign: browsers do not send that part, so it stands in no log. Without scripts the code is typed.
const field = document.getElementById("id_code");
const code = location.hash.slice(1);
if (field && !field.value && /^[0-9A-Za-z-]{16,19}$/.test(code)) {
  field.value = code.replace(/[^0-9A-Za-z]/g, "").replace(/(.{4})(?=.)/g, "$1-");
  history.replaceState(null, "", location.pathname);
}
