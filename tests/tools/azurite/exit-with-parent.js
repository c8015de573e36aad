// Loaded before Azurite: ends it when the pipe from the test process closes, also when that was killed and could not say anything.
process.stdin.on("end", () => process.exit(0)).resume();
