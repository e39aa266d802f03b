// The frame on a photo: shows the crop at once, moves by finger, mouse, wheel, two fingers or sliders, and writes where it
// stands into the form. A comfort: without this script the server places the frame by the face.
// Kept to what the browsers inside old apps know (Chromium 70): no optional chaining, no private fields.

// Older browsers show a picture as it lies in the file, not as the camera was held: there a frame would be somewhere else.
const turnsPictures = CSS.supports("image-orientation", "from-image");

class Frame {
  constructor(root) {
    const [wide, high] = root.dataset.shape.split(" ").map(Number);
    this.root = root;
    this.ratio = high / wide;
    this.sheet = root.querySelector(".jb-frame__sheet");
    this.box = root.querySelector(".jb-frame__box");
    this.result = root.querySelector(".jb-frame__result");
    this.sliders = [...root.querySelectorAll("[data-axis]")];
    this.form = root.closest("form");
    this.place = { left: 0, top: 0, width: 1 };
    this.pointers = new Map();
    this.listen();
  }

  show(source, place) {
    this.sheet.onload = () => {
      this.root.hidden = false;
      this.highest = (this.sheet.naturalWidth * this.ratio) / this.sheet.naturalHeight;
      const width = Math.min(1, 1 / this.highest);
      this.move(place || { left: (1 - width) / 2, top: (1 - width * this.highest) / 2, width }, false);
    };
    this.sheet.src = source;
  }

  // All in shares of the picture. What lies outside is moved in; nothing grows past the picture.
  move(place, byHand = true) {
    const width = Math.min(Math.max(place.width, 0.05), 1, 1 / this.highest);
    this.place = {
      width,
      left: Math.min(Math.max(place.left, 0), 1 - width),
      top: Math.min(Math.max(place.top, 0), 1 - width * this.highest),
    };
    for (const [side, share] of Object.entries(this.place)) this.box.style[side] = `${share * 100}%`;
    this.box.style.height = `${width * this.highest * 100}%`;
    for (const slider of this.sliders) slider.value = this.place[slider.dataset.axis] * 1000;
    this.draw();
    if (byHand) this.write();
  }

  scale(by) {
    const { left, top, width } = this.place;
    const wider = width * by;
    this.move({ left: left - (wider - width) / 2, top: top - ((wider - width) * this.highest) / 2, width: wider });
  }

  draw() {
    const { left, top, width } = this.place;
    const { naturalWidth: wide, naturalHeight: high } = this.sheet;
    const { result } = this;
    const part = [left * wide, top * high, width * wide, width * this.highest * high];
    result.getContext("2d").drawImage(this.sheet, ...part, 0, 0, result.width, result.height);
  }

  write() {
    for (const [side, share] of Object.entries(this.place)) {
      this.form.elements.namedItem(side).value = turnsPictures ? share.toFixed(5) : "";
    }
  }

  forget() {
    for (const side of ["left", "top", "width"]) this.form.elements.namedItem(side).value = "";
    this.root.hidden = true;
  }

  listen() {
    for (const slider of this.sliders) {
      slider.addEventListener("input", () => {
        const share = Number(slider.value) / 1000;
        if (slider.dataset.axis === "width") this.scale(share / this.place.width);
        else this.move({ ...this.place, [slider.dataset.axis]: share });
      });
    }
    this.box.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.scale(event.deltaY > 0 ? 1.04 : 0.96);
    });
    this.box.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.box.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    this.box.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.box.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
    }
  }

  // One finger moves, two fingers pull the frame larger or smaller.
  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    this.pointers.set(event.pointerId, now);
    if (others.length > 0) {
      const apart = (place) => Math.hypot(place.x - others[0].x, place.y - others[0].y) || 1;
      this.scale(apart(now) / apart(before));
      return;
    }
    const { clientWidth, clientHeight } = this.sheet;
    const { left, top, width } = this.place;
    this.move({ width, left: left + (now.x - before.x) / clientWidth, top: top + (now.y - before.y) / clientHeight });
  }
}

for (const form of document.querySelectorAll("[data-photo-upload]")) {
  const frame = new Frame(form.querySelector("[data-photo-frame]"));
  const unseen = form.querySelector("[data-photo-unseen]");
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      frame.forget();
      unseen.hidden = true;
      if (!input.files.length) return;
      // One picture is sent: the one chosen last.
      for (const other of form.querySelectorAll("input[type=file]")) if (other !== input) other.value = "";
      const reader = new FileReader();
      frame.sheet.onerror = () => {
        frame.forget();
        unseen.hidden = false;
      };
      reader.onload = () => frame.show(reader.result);
      reader.readAsDataURL(input.files[0]);
    });
  }
}

for (const details of document.querySelectorAll("[data-photo-crop]")) {
  const root = details.querySelector("[data-photo-frame]");
  const [left, top, width] = root.dataset.frame.split(" ").map(Number);
  const frame = new Frame(root);
  details.hidden = false;
  details.addEventListener("toggle", () => {
    if (details.open && root.hidden) frame.show(frame.sheet.dataset.source, { left, top, width });
  });
}
