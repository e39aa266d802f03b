// Shows the page's own sentence when a passkey could not be made or used: cancelled, timed out, or of another site.
document.addEventListener("allauth.error", (event) => {
  const note = document.getElementById("passkey_problem");
  if (!note) {
    return;
  }
  event.preventDefault();
  note.hidden = false;
  note.focus();
});
