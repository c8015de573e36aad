import type { FeedBatch } from './feed';
import type { StoredEvent } from './types';

export interface TailFilter { text: string; onlyFailed: boolean }

/** The last events, held while paused, filtered as they are shown. A flood pushes out the oldest; it never grows. */
export class Tail {
  paused = false;
  filter: TailFilter = { text: '', onlyFailed: false };
  /** Some events between those shown were never came. */
  skipped = false;
  private events: StoredEvent[] = [];
  private held: StoredEvent[] = [];
  private heldSkipped = false;

  constructor(private readonly most = 500) {}

  add(batch: FeedBatch): void {
    if (this.paused) {
      this.held = [...batch.events, ...this.held].slice(0, this.most);
      this.heldSkipped ||= batch.skipped;
      return;
    }

    this.events = [...batch.events, ...this.events].slice(0, this.most);
    this.skipped ||= batch.skipped;
  }

  get waiting(): number {
    return this.held.length;
  }

  get size(): number {
    return this.events.length;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    const held = this.held;
    const skipped = this.heldSkipped;
    this.held = [];
    this.heldSkipped = false;
    this.add({ events: held, skipped });
  }

  /** The newest that the filter lets through. */
  shown(limit: number): StoredEvent[] {
    const needle = this.filter.text.trim().toLowerCase();
    const found: StoredEvent[] = [];
    for (const event of this.events) {
      if (this.filter.onlyFailed && event.validation.passed !== false)
        continue;
      if (needle && !event.event_type.toLowerCase().includes(needle) && !event.source.toLowerCase().includes(needle))
        continue;
      found.push(event);
      if (found.length === limit)
        break;
    }

    return found;
  }

  find(id: string): StoredEvent | undefined {
    return this.events.find(event => event.event_id === id);
  }
}
