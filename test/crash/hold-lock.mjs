// Usage: node hold-lock.mjs <built open.js> <database>
// Opens the store, says so, and keeps it until it is killed.
const [openModule, path] = process.argv.slice(2);
const { openSqliteStore } = await import(openModule);
await openSqliteStore({ path, clock: Date.now });
console.log('open');
setInterval(() => {}, 1_000);
