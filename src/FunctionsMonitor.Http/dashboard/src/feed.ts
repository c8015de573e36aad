import { ApiError, messageOf, type Api } from './api';
import { readEvents, type ServerEvent } from './sse';
import type { FeedState, StoredEvent } from './types';

/** New events, newest first, and whether some between them and those before never came. */
export interface FeedBatch { events: StoredEvent[]; skipped: boolean }

const pageSize = 200;
const remembered = 20_000;
const retryMs = 2000;
/** How often is asked whether the flags broadcast again. */
const offMs = 60_000;

/**
 * Where the tail's events come from: the stream, as soon as they are durable; and while there is none, or when it lost some, the newest page of
 * stored ones after a flush. Each is handed on once.
 */
export class EventFeed {
  private known = new Set<string>();
  private state: FeedState | null = null;
  /** The stream has not brought all that came since stored events were looked for. */
  private behind = true;
  private fault = '';
  private place: string | null = null;
  private following: AbortController | null = null;

  constructor(private readonly api: Pick<Api, 'events' | 'stream'>, private readonly sink: (batch: FeedBatch) => void) {}

  /** What the reader is told about how live it is. */
  get description(): string {
    const stored = 'stored events, after each flush';
    if (this.state === null)
      return this.fault ? `${stored}; no stream: ${this.fault}` : stored;
    if (this.isOff)
      return `${stored}; the flags let nothing be broadcast`;
    return this.isLive ? `live, by ${this.state.adapter}` : `${stored}, until instance ${this.state.instance} reaches the others again`;
  }

  private get isLive(): boolean {
    return this.state !== null && this.state.connected && !this.isOff;
  }

  /** Nothing is broadcast, and a stream would be kept open for nothing. */
  private get isOff(): boolean {
    return this.state?.adapter === 'none';
  }

  /** Looks for stored events that did not come live. */
  async poke(): Promise<void> {
    if (this.isLive && !this.behind)
      return;
    const page = await this.api.events(pageSize);
    const isFirst = this.known.size === 0;
    this.behind = !this.isLive;
    const fresh = this.take(page.items);
    if (fresh.length > 0)
      this.sink({ events: fresh, skipped: !isFirst && page.next_cursor !== null && fresh.length === page.items.length });
  }

  /** Follows the stream, if it does not already. */
  open(): void {
    if (this.following)
      return;
    this.following = new AbortController();
    void this.follow(this.following.signal);
  }

  /** Follows it no more; the next time begins where this one ended. */
  close(): void {
    this.following?.abort();
    this.following = null;
    this.state = null;
    this.behind = true;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let wait = retryMs;
      try {
        this.state = null;
        this.fault = '';
        for await (const events of readEvents((await this.api.stream(this.place, signal)).body!)) {
          this.receive(events);
          if (this.isOff) {
            wait = offMs;
            break;
          }
        }
      } catch (error) {
        if (signal.aborted)
          return;
        this.state = null;
        this.fault = messageOf(error);
        wait = error instanceof ApiError && error.retryAfterSeconds ? error.retryAfterSeconds * 1000 : wait;
      }

      this.behind = true;
      await new Promise(resolve => setTimeout(resolve, wait));
    }
  }

  private receive(events: ServerEvent[]): void {
    const came: StoredEvent[] = [];
    let skipped = false;
    for (const { id, name, data } of events) {
      const value = JSON.parse(data);
      if (name === 'message') {
        came.unshift(value);
        this.place = id ?? this.place;
      } else if (name === 'feed')
        this.state = value;
      else if (name === 'dropped' || (name === 'resumed' && !value.complete))
        skipped = this.behind = true;
    }

    const fresh = this.take(came);
    if (fresh.length > 0 || skipped)
      this.sink({ events: fresh, skipped });
  }

  private take(events: StoredEvent[]): StoredEvent[] {
    const fresh = events.filter(event => !this.known.has(event.event_id));
    for (const event of fresh)
      this.known.add(event.event_id);
    if (this.known.size > remembered)
      this.known = new Set([...this.known].slice(-remembered / 2));
    return fresh;
  }
}
