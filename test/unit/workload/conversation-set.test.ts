import { describe, expect, test } from "vitest";
import { parseConversationSet } from "../../../lib/workload/conversation-set.ts";
import { parsePromptSet } from "../../../lib/workload/prompt-set.ts";

describe("conversation set", () => {
  test("reads what is given and leaves the rest null", () => {
    const jsonl =
      '\ufeff{"id":"a","system":"Be brief.","turns":[{"user":"Hi","inputTokens":1,"outputTokens":8,"assistant":"Hello"},{"user":"Bye"}]}\n' +
      '{"id":"b","turns":[{"user":"Yo"}],"source":"hand"}\n';
    expect(parseConversationSet(jsonl, "c.jsonl")).toEqual([
      {
        id: "a",
        system: "Be brief.",
        turns: [
          { user: "Hi", inputTokens: 1, outputTokens: 8, assistant: "Hello" },
          { user: "Bye", inputTokens: null, outputTokens: null, assistant: null },
        ],
      },
      {
        id: "b",
        system: null,
        turns: [{ user: "Yo", inputTokens: null, outputTokens: null, assistant: null }],
      },
    ]);
  });

  test.each([
    [
      '{"id":"a","turns":[]}',
      "c.jsonl: line 1: turns: found [], allowed: a list that is not empty",
    ],
    ['{"id":"a","turns":["Hi"]}', 'c.jsonl: line 1: turns[0]: found "Hi", allowed: a JSON object'],
    [
      '{"id":"a","turns":[{"user":"Hi"},{"user":""}]}',
      'c.jsonl: line 1: turns[1].user: found "", allowed: a text that is not empty',
    ],
    [
      '{"id":"a","turns":[{"user":"Hi","outputTokens":0}]}',
      "c.jsonl: line 1: turns[0].outputTokens: found 0, allowed: a whole number of 1 or more",
    ],
    ["\n\n", "c.jsonl: found no conversations"],
  ])("refuses %j", (jsonl, message) => {
    expect(() => parseConversationSet(jsonl, "c.jsonl")).toThrow(message);
  });
});

describe("prompt set with all its fields", () => {
  test("reads messages, lengths, tools and a reference", () => {
    const prompt = {
      id: "a",
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "u" },
      ],
      outputTokens: 8,
      inputTokens: 2,
      tools: [{ type: "function", function: { name: "f" } }],
      reference: "r",
    };
    expect(parsePromptSet(JSON.stringify(prompt), "p.jsonl")).toEqual([prompt]);
  });

  test.each([
    ['{"id":"a"}', "text: found nothing, allowed: a text that is not empty"],
    ['{"id":"a","text":"t","messages":[]}', 'text: found "t", allowed: either text or messages'],
    ['{"id":"a","messages":[]}', "messages: found [], allowed: a list that is not empty"],
    [
      '{"id":"a","messages":[{"role":"bot","content":"x"}]}',
      'messages[0].role: found "bot", allowed: system, user, assistant',
    ],
    [
      '{"id":"a","messages":[{"role":"user","content":[]}]}',
      "messages[0].content: found [], allowed: a text that is not empty",
    ],
    [
      '{"id":"a","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}',
      'the last message\'s role: found "assistant", allowed: user',
    ],
    [
      '{"id":"a","text":"t","outputTokens":1.5}',
      "outputTokens: found 1.5, allowed: a whole number of 1 or more",
    ],
    ['{"id":"a","text":"t","tools":["f"]}', 'tools[0]: found "f", allowed: a JSON object'],
    [
      '{"id":"a","text":"t","reference":""}',
      'reference: found "", allowed: a text that is not empty',
    ],
  ])("refuses %s, naming the field", (line, message) => {
    const jsonl = `{"id":"ok","text":"t"}\n${line}`;
    expect(() => parsePromptSet(jsonl, "p.jsonl")).toThrow(`p.jsonl: line 2: ${message}`);
  });
});
