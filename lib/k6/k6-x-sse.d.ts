/** The part of xk6-sse that we use; it ships no types. What it does beyond its README is in docs/decisions. */
declare module "k6/x/sse" {
  export interface SseEvent {
    readonly id: string;
    readonly comment: string;
    readonly name: string;
    readonly data: string;
  }

  export interface SseClient {
    on(event: "open", handler: () => void): void;
    on(event: "event", handler: (event: SseEvent) => void): void;
    on(event: "error", handler: (error: unknown) => void): void;
    close(): void;
  }

  export interface SseParams {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly tags?: Readonly<Record<string, string>>;
    /** Of the whole request, stream included, as `60000ms`. */
    readonly timeout?: string;
  }

  export interface SseResponse {
    /** 0 where no response came. */
    readonly status: number;
    readonly error: string;
    /** Absent where no response came. */
    readonly headers?: Readonly<Record<string, string>>;
  }

  /** k6 returns the response, the embedded engine a promise of it: always await. */
  export function open(
    url: string,
    params: SseParams,
    setUp: (client: SseClient) => void,
  ): SseResponse | Promise<SseResponse>;

  const sse: { readonly open: typeof open };
  // biome-ignore lint/style/noDefaultExport: the module has a default export only
  export default sse;
}
