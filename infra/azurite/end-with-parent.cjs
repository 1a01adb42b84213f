// Loaded before the emulator. Whoever started it holds the other end of standard input: when that closes, on purpose or
// because the process was killed, the emulator stops too.
process.stdin.on("error", stop);
process.stdin.on("close", stop);
process.stdin.on("end", stop);
process.stdin.resume();

function stop() {
  process.kill(process.pid, "SIGTERM");
  // A server that does not take the hint is not waited for.
  setTimeout(() => process.exit(1), 5000).unref();
}
