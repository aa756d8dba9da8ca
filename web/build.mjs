// npm ci && npm run build: bundles the libraries that the page uses, and keeps their licences beside them.
// The same package-lock.json gives the same bytes.
import { build } from "esbuild";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "../src/dramaturg/report/vendor");

const result = await build({
  absWorkingDir: here,
  entryPoints: ["libraries.js"],
  outfile: join(vendor, "d3.js"),
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "d3",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});

const names = new Set(
  Object.keys(result.metafile.inputs)
    .map((path) => /node_modules\/([^/]+)\//.exec(path)?.[1])
    .filter(Boolean),
);
const licences = [];
for (const name of [...names].sort()) {
  const folder = join(here, "node_modules", name);
  const { version, license, homepage } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const words = (await readFile(join(folder, file), "utf8")).trim();
  licences.push(`${name} ${version} (${license}) ${homepage}\n\n${words}\n`);
}
await writeFile(join(vendor, "LICENSES.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
console.log(`${[...names].sort().join(", ")}: ${Object.values(result.metafile.outputs)[0].bytes} bytes`);
