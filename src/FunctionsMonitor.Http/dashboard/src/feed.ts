import type { Api } from './api';
import type { StoredEvent } from './types';

/** New events, newest first, and how many may lie between them and those before: null is "none", -1 "some, nobody knows how many". */
export interface FeedBatch { events: StoredEvent[]; skipped: number }

/**
 * Where the tail's events come from. Today they are asked for after a flush; a stream of Server-Sent Events (read with fetch, because it
 * needs the key in a header) takes this place later, and the tail stays as it is.
 */
export interface EventFeed {
  /** What the reader is told about how live it is. */
  readonly description: string;
  start(sink: (batch: FeedBatch) => void): void;
  stop(): void;
  /** There may be something new. */
  poke(): Promise<void>;
}

const pageSize = 200;
const remembered = 2000;

/** Asks for the newest page and hands on what it did not have yet. */
export class PollingFeed implements EventFeed {
  readonly description = 'stored events, after each flush';
  private sink: ((batch: FeedBatch) => void) | null = null;
  private known = new Set<string>();

  constructor(private readonly api: Pick<Api, 'events'>) {}

  start(sink: (batch: FeedBatch) => void): void {
    this.sink = sink;
  }

  stop(): void {
    this.sink = null;
  }

  async poke(): Promise<void> {
    if (!this.sink)
      return;
    const page = await this.api.events(pageSize);
    const fresh = page.items.filter(event => !this.known.has(event.event_id));
    const isFirst = this.known.size === 0;
    const skipped = !isFirst && page.next_cursor !== null && fresh.length === page.items.length ? -1 : 0;
    for (const event of fresh)
      this.known.add(event.event_id);
    if (this.known.size > remembered)
      this.known = new Set([...this.known].slice(-remembered / 2));
    if (fresh.length > 0)
      this.sink?.({ events: fresh, skipped });
  }
}
