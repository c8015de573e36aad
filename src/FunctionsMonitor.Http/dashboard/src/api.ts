import type {
  DeadLetterFilter, DeadLetters, FlagsHealth, FlagsStatus, Flush, Operation, Page, ReplayProgress, ReplayReport, Resilience, StoredEvent, Summary, Validation,
} from './types';

const keyName = 'functionsmonitor.key';
const timeoutMs = 15_000;

/** An answer that is no success, or none at all (status 0). */
export class ApiError extends Error {
  constructor(readonly status: number, message: string, readonly retryAfterSeconds?: number) {
    super(message);
  }

  /** The key is missing or does not open this. */
  get needsKey(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The endpoints. Relative to the page, so that a prefix of a proxy stays before them. */
export class Api {
  /** What the server's clock is ahead of ours. */
  clockLead = 0;
  private summaryTag: string | null = null;
  private lastSummary: Summary | null = null;

  /** For this tab only: it goes when the tab does. */
  get key(): string | null {
    return sessionStorage.getItem(keyName);
  }

  set key(value: string | null) {
    if (value)
      sessionStorage.setItem(keyName, value);
    else
      sessionStorage.removeItem(keyName);
    this.summaryTag = null;
  }

  now(): number {
    return Date.now() + this.clockLead;
  }

  /** The newest summary; the same object as last time when nothing changed. */
  async summary(): Promise<Summary> {
    const answer = await this.send('GET', 'summary', undefined, this.summaryTag && this.lastSummary ? { 'If-None-Match': this.summaryTag } : {});
    if (answer.status === 304 && this.lastSummary)
      return this.lastSummary;
    this.lastSummary = await answer.json() as Summary;
    this.summaryTag = answer.headers.get('ETag');
    return this.lastSummary;
  }

  validation(from: number, interval: string): Promise<Validation> {
    return this.get('metrics/validation', { from: new Date(from).toISOString(), interval });
  }

  async flushes(limit: number): Promise<Flush[]> {
    return (await this.get<{ items: Flush[] }>('metrics/flush', { limit })).items;
  }

  resilience(): Promise<Resilience> {
    return this.get('metrics/resilience');
  }

  flags(): Promise<FlagsStatus> {
    return this.get('flags/status');
  }

  flagsHealth(): Promise<FlagsHealth> {
    return this.get('health/flags');
  }

  deadLetters(filter: DeadLetterFilter, cursor: string | null, limit: number): Promise<DeadLetters> {
    return this.get('dead-letters', { ...filter, cursor, limit });
  }

  deadLetter(id: string): Promise<unknown> {
    return this.get(`dead-letters/${encodeURIComponent(id)}`);
  }

  events(limit: number): Promise<Page<StoredEvent>> {
    return this.get('events', { limit });
  }

  /** Events as they become durable, from where the last stream ended, until the signal or the server ends it. */
  stream(lastEventId: string | null, signal: AbortSignal): Promise<Response> {
    return this.send('GET', 'events/stream', undefined, lastEventId === null ? {} : { 'Last-Event-ID': lastEventId }, signal);
  }

  async operations(limit: number): Promise<Operation[]> {
    return (await this.get<Page<Operation>>('operations', { limit })).items;
  }

  async flush(): Promise<Flush> {
    return (await this.send('POST', 'metrics/flush', undefined, {}, 210_000)).json() as Promise<Flush>;
  }

  async setBreaker(name: string, action: 'isolate' | 'reset'): Promise<void> {
    await this.send('POST', `breakers/${encodeURIComponent(name)}/${action}`);
  }

  async replayOne(id: string): Promise<void> {
    await this.send('POST', `dead-letters/${encodeURIComponent(id)}/replay`);
  }

  async replay(filter: Omit<DeadLetterFilter, 'replayed'>, options: { dry_run?: boolean; limit?: number }): Promise<ReplayReport> {
    const all = Object.values(filter).some(Boolean) ? {} : { all: true };
    return (await this.send('POST', 'dead-letters/replay', { ...filter, ...all, ...options }, {}, 210_000)).json() as Promise<ReplayReport>;
  }

  /** Of the instance that answers. */
  async replayProgress(): Promise<ReplayProgress | undefined> {
    return (await this.get<{ replay?: ReplayProgress }>('dead-letters/replay')).replay;
  }

  async cancelReplay(): Promise<void> {
    await this.send('DELETE', 'dead-letters/replay');
  }

  async discard(id: string): Promise<void> {
    await this.send('DELETE', `dead-letters/${encodeURIComponent(id)}`);
  }

  private async get<T>(path: string, query: Record<string, string | number | null | undefined> = {}): Promise<T> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== null && value !== undefined && value !== '')
        parameters.set(name, String(value));
    }

    const asked = parameters.size > 0 ? `${path}?${parameters}` : path;
    return (await this.send('GET', asked)).json() as Promise<T>;
  }

  private async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, within: number | AbortSignal = timeoutMs): Promise<Response> {
    if (this.key)
      headers['x-functions-key'] = this.key;
    if (body !== undefined)
      headers['Content-Type'] = 'application/json';
    let answer: Response;
    try {
      answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), signal: typeof within === 'number' ? AbortSignal.timeout(within) : within, cache: 'no-store' });
    } catch (error) {
      throw new ApiError(0, error instanceof DOMException && error.name === 'TimeoutError'
        ? `No answer within ${Number(within) / 1000} seconds.` : 'The server cannot be reached.');
    }

    const date = Date.parse(answer.headers.get('Date') ?? '');
    // The header is cut to the second: what is within that is no difference of clocks.
    if (!Number.isNaN(date))
      this.clockLead = Math.abs(date - Date.now()) > 2000 ? date - Date.now() : 0;
    if (answer.ok || answer.status === 304)
      return answer;
    throw await problem(answer);
  }
}

async function problem(answer: Response): Promise<ApiError> {
  const retryAfter = Number(answer.headers.get('Retry-After')) || undefined;
  try {
    const body = await answer.json() as { detail?: string; title?: string };
    return new ApiError(answer.status, body.detail ?? body.title ?? `Status ${answer.status}.`, retryAfter);
  } catch {
    // A proxy's own page, or nothing: the status is all there is.
    return new ApiError(answer.status, `The server answered ${answer.status}.`, retryAfter);
  }
}
