// A photo by the counter's camera: fills the ordinary file field, so that the page works the same without it.
for (const field of document.querySelectorAll("input[type=file][data-webcam]")) {
  if (!navigator.mediaDevices?.getUserMedia || typeof DataTransfer === "undefined") continue;
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.className = "jb-webcam";
  video.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = field.dataset.webcam;
  field.after(video, button);
  const stop = () => {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    video.hidden = true;
  };
  const shoot = () =>
    new Promise((resolve) => {
      const canvas = document.createElement("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      canvas.toBlob(resolve, "image/jpeg", 0.92);
    });
  button.addEventListener("click", async () => {
    if (video.srcObject) {
      const files = new DataTransfer();
      files.items.add(new File([await shoot()], "camera.jpg", { type: "image/jpeg" }));
      field.files = files.files;
      stop();
      return;
    }
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } } });
      video.hidden = false;
      await video.play();
    } catch {
      button.remove(); // no camera, or not allowed to use it: the file field is still there
    }
  });
}
