// Builds the islands: every *.ts of this folder becomes one ES module (with its own style sheet when it imports one),
// beside htmx and the web font. Usage: node build.mjs OUTPUT_FOLDER
import { copyFile, readdir } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
if (process.argv.length !== 3) {
  console.error("usage: node build.mjs OUTPUT_FOLDER");
  process.exit(2);
}
const output = resolve(process.argv[2]);

const islands = (await readdir(here)).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));

/** The packaged family is called "Noto Sans JP Variable"; pages ask for the family by its plain name. */
const plainFontName = {
  name: "plain-font-name",
  setup(builder) {
    builder.onLoad({ filter: /noto-sans-jp.*\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll("Noto Sans JP Variable", "Noto Sans JP"),
      loader: "css",
    }));
  },
};

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "inline",
  logLevel: "warning",
  outdir: output,
  target: ["es2022", "chrome110", "firefox110", "safari16"],
  loader: { ".png": "file", ".svg": "file", ".woff2": "file" },
};

await Promise.all([
  build({
    ...shared,
    entryPoints: islands,
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "assets/[name]",
  }),
  build({
    ...shared,
    entryPoints: { font: "@fontsource-variable/noto-sans-jp/wght.css" },
    assetNames: "font/[name]",
    plugins: [plainFontName],
  }),
]);
await copyFile(join(here, "node_modules/htmx.org/dist/htmx.min.js"), join(output, "htmx.min.js"));
console.log(["htmx", "font", ...islands.map((name) => basename(name, ".ts"))].join(" "));
