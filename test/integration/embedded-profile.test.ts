import { afterAll, beforeAll, describe } from "vitest";
import { buildEmbeddedEngine, type EmbeddedEngine } from "../support/embedded-engine.ts";
import { testFaults } from "../support/fault-behaviour.ts";
import { testProfile } from "../support/profile-behaviour.ts";
import { testSecrets } from "../support/secret-behaviour.ts";

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await buildEmbeddedEngine();
});

afterAll(() => {
  engine.remove();
});

describe("a profile on the embedded engine", () => {
  testProfile((...given) => engine.run(...given));
  testFaults((...given) => engine.run(...given));
  testSecrets((...given) => engine.run(...given));
});
