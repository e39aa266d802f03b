// Finds the number that solves a challenge of the proof of work. Runs in a worker, in plain JavaScript: neither a secure
// context nor crypto.subtle is needed. Syntax for the oldest browser that is served (ES2018).
self.onmessage = function (event) {
  const { library, salt, challenge, hardest } = event.data;
  if (library) {
    self.importScripts(library);
    return;
  }
  for (let number = 0; number <= hardest; number += 1) {
    if (self.sha256(salt + number) === challenge) {
      self.postMessage({ number, challenge });
      return;
    }
  }
  self.postMessage({ number: -1, challenge });
};
