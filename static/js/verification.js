// The verification code of the query page: the widget, its words, and where its worker lies.
import "../npm/altcha.js";
import "../npm/altcha-zh-cn.js";

const { worker } = document.getElementById("jb-verification").dataset;
globalThis.$altcha.algorithms.set("SHA-256", () => new Worker(worker));
