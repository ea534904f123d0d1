import { readFileSync, realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { transformSync } from "esbuild";

/** First line of a module whose functions are made for each call and let go after it. */
const MARK = /^\/\/ @transient\r?\n/;
const LIKE_IT = /^\s*(\/\/|\/?\*).*@transient\b/m;

/**
 * Wraps the modules that start with `// @transient` in a function, as esbuild bundles them.
 *
 * k6 evaluates a script once for each user, and each user keeps every function that it makes: 0.75 kB apiece, used or not
 * (docs/decisions/0011). What is called while a script starts, or once a run, is better made when it is called, and
 * collected after. Such a module exports functions only, since those alone can be called for; it costs a user a function for
 * each. It has no state, and nothing of it may be called for each request, which would make it each time.
 *
 * @param {Set<string>} files takes the names of the modules that were wrapped, as esbuild's metafile has them
 * @returns {import("esbuild").Plugin}
 */
export const wrapTransientModules = (files) => ({
  name: "transient-modules",
  setup(build) {
    // As esbuild names what it reads: macOS has its temporary folder behind a link.
    const root = realpathSync(build.initialOptions.absWorkingDir);
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const file = relative(root, path).split(sep).join("/");
      const refuse = (text) => ({ errors: [{ text, location: { file, line: 1 } }] });
      if (!MARK.test(source)) {
        return LIKE_IT.test(source)
          ? refuse('the mark is the first line, and is no more than "// @transient"')
          : undefined;
      }
      files.add(file);
      const { code } = transformSync(source, {
        loader: "ts",
        format: "esm",
        charset: "utf8",
        sourcefile: path,
        sourcemap: "inline",
        sourcesContent: true,
      });
      const { contents, problem } = wrap(code);
      return problem === undefined ? { contents, loader: "js" } : refuse(problem);
    });
  },
});

/** What esbuild makes of a module: its imports, what it declares, and the names that it exports. */
const MODULE = /^((?:import [^;]*;\n)*)([\s\S]*)^export \{([^}]*)\};\n([\s\S]*)$/m;

/** No line is added before the end, so that the source map still holds. */
function wrap(code) {
  const [, imports = "", body = "", exported = "", sourceMap = ""] = MODULE.exec(code) ?? [];
  const names = exported.split(",").map((name) => name.trim());
  const other = names.find((name) => !isFunction(name, body));
  if (other !== undefined) {
    const rule = "a transient module exports functions only, where it declares them";
    return { problem: `exports ${other || "nothing"}; ${rule}` };
  }
  const [, state] = /^(?:let|var) (\w+)/m.exec(body) ?? [];
  if (state !== undefined) {
    return { problem: `has a variable, ${state}; a transient module would forget it` };
  }
  const [open, close] =
    names.length === 1
      ? [`export const ${names[0]} = (...$$given) => {`, `return ${names[0]}(...$$given); };`]
      : ["const $$make = () => {", `return [${names}]; };${names.map(called).join("")}`];
  const start = imports === "" ? `${open} ` : `${imports.trimEnd()} ${open}\n`;
  return { contents: `${start}${body}${close}\n${sourceMap}` };
}

function called(name, index) {
  return ` export const ${name} = (...$$given) => $$make()[${index}](...$$given);`;
}

function isFunction(name, body) {
  return new RegExp(`^(async )?function ${name.replaceAll("$", "\\$&")}\\(`, "m").test(body);
}
