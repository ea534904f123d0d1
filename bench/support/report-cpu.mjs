// Loaded before a program: says at its end how much CPU time it took.
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write(`\ncpu-seconds ${(user + system) / 1e6}\n`);
});
