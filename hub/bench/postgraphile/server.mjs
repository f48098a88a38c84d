// PostGraphile on the tables of the hub: the amber preset, lists instead of connections, a pool of ten.
// BENCH_DATABASE, BENCH_PORT; BENCH_ROLE and BENCH_CALLER for its row-level security: a transaction around each read.
import { createServer } from "node:http";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";

const { BENCH_DATABASE, BENCH_PORT, BENCH_ROLE, BENCH_CALLER } = process.env;
const pgSettings = BENCH_ROLE ? { role: BENCH_ROLE, "bench.caller": BENCH_CALLER } : undefined;

const gadgets = postgraphile({
  extends: [PostGraphileAmberPreset],
  disablePlugins: ["PgProceduresPlugin", "MutationPlugin"],
  pgServices: [makePgService({ connectionString: BENCH_DATABASE, schemas: ["public"], poolConfig: { max: 10 } })],
  schema: { defaultBehavior: "+list -connection" },
  grafast: { context: () => ({ pgSettings }) },
  grafserv: { graphiql: false, watch: false },
});
const server = createServer();
await gadgets.createServ(grafserv).addTo(server);
if (process.argv.includes("--fields")) {
  const { schema } = await gadgets.getSchemaResult();
  const type = schema.getType(process.argv.at(-1));
  console.log(Object.keys(type.getFields()).join("\n"));
  process.exit();
}
server.listen(Number(BENCH_PORT), "127.0.0.1", () => console.log("ready"));
