// Loaded before Azurite, to make it fit for tests.
const http = require("http");

// It ends when the pipe from the test process closes, also when that was killed and could not say anything.
process.stdin.on("end", () => process.exit(0)).resume().unref();

// Stopped by SIGTERM it would wait for its clients' connections to end, and serve them on: clients that poll would keep it for ever.
const close = http.Server.prototype.close;
http.Server.prototype.close = function (...rest) {
  const result = close.apply(this, rest);
  this.closeAllConnections();
  return result;
};
