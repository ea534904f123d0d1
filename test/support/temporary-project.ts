import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** A folder with files of its own beside copies of some of the repository's folders, gone after use. */
export class TemporaryProject implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "tradeoff-"));

  copy(...folders: readonly string[]): this {
    for (const folder of folders) {
      cpSync(join(REPOSITORY, folder), join(this.root, folder), { recursive: true });
    }
    return this;
  }

  write(file: string, content: string): this {
    const path = join(this.root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return this;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
