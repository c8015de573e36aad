// What the endpoints answer, as far as the page reads it. docs/http-api.md and /openapi.json say the rest.

export type Status = 'healthy' | 'degraded' | 'unhealthy';
export type BreakerState = 'closed' | 'open' | 'half_open' | 'isolated';

export interface Check { name: string; status: Status; since: string; cause?: string }

export interface Flush {
  flush_id: string; trigger: string; started_at: string; duration_ms: number; instance: string; outcome: string; path?: string;
  segments: number; events: number; stored: number; duplicates: number; dead_lettered: number; expired: number; retries: number; notes: string[];
}

export interface Ledger {
  balanced: boolean; accepted: number; unacknowledged: number; stored: number; duplicates: number; dead_lettered: number; expired: number;
  pending: number; quarantined: number; missing: number; gaps: number; computed_at: string;
}

export interface Summary {
  version: string; instance: string; since: string; status: Status; status_since: string; checks: Check[];
  buffer: { segments: number; events: number; bytes: number; oldest_at?: string; over_cap: boolean };
  last_flush?: Flush;
  next_flush: { enabled: boolean; due_at?: string; at_events: number };
  ledger?: Ledger;
  breakers: { name: string; state: BreakerState; passing: boolean; opened_at?: string; reason?: string; votes: number; last_transition_at?: string }[];
  dead_letters?: Record<string, number>;
  flags: { problems: number; digest: string };
  last_operation_id?: string;
  faults: { part: string; cause: string }[];
}

export interface ValidationFigures {
  start?: string; event_type: string; total: number; passed: number; failed: number; rejected: number;
}

export interface Validation { from: string; to: string; interval: string; types: ValidationFigures[]; series?: ValidationFigures[] }

export interface Pipeline {
  name: string; since: string; calls: number; retries: number; failures: number; rejections: number; timeouts: number; last_error?: string;
  breaker: {
    state: BreakerState; passing: boolean; local_cause?: string; store: string; store_fault?: string; age_seconds?: number; opened_at?: string;
    next_probe_at?: string; closed_at?: string; break_count: number; reason?: string;
    probe?: { host: string; instance: string; until: string };
    votes: { host: string; at: string; cause: string }[];
    transitions: { at: string; from: BreakerState; to: BreakerState; host: string; cause: string }[];
  };
}

export interface Resilience { instance: string; since: string; pipelines: Pipeline[] }

export interface Flag {
  name: string; type: string; value: unknown; default: unknown; source: string; answered_at?: string; age_seconds?: number; description: string;
  ignored: { source: string; value: string; reason: string; kept_last_good: boolean }[];
}

export interface FlagsStatus { instance: string; flags: Flag[] }
export interface FlagsHealth { status: Status; problems: string[] }

export interface DeadLetter {
  id: string; reason: string; detail: string; died_at: string; replayed_at?: string; replays: number; event_id: string; event_type: string;
  timestamp: string; source: string;
}

/** A page of them, and the replay by filter that runs on the instance that answers, or ran there last. */
export interface DeadLetters { items: DeadLetter[]; total: number; by_reason: Record<string, number>; next_cursor: string | null; replay?: ReplayProgress | undefined }

export interface StoredEvent {
  event_id: string; event_type: string; timestamp: string; source: string; data?: unknown; metadata?: unknown; received_at: string;
  validation: { validated: boolean; passed: boolean | null; errors: number; warnings: number; issues?: { field?: string; code: string; severity: string; message: string }[] };
  replayed: boolean; segment_id: string;
}

/** What the stream says of itself: whose it is, and what can come. */
export interface FeedState { instance: string; adapter: string; connected: boolean }

export interface Page<T> { items: T[]; next_cursor: string | null }

export interface Operation { id: string; at: string; actor: string; action: string; target: string; outcome: string; instance: string }

export interface ReplayReport { dry_run: boolean; matched: number; by_reason: Record<string, number>; replayed: number; rejected: number; remaining: number; stopped_by?: 'cancelled' | 'breaker' | 'time' }
export interface ReplayProgress {
  target: string; cause?: string; started_at: string; ended_at?: string; limit: number; matched: number; replayed: number; rejected: number;
}

export interface DeadLetterFilter { reason?: string; type?: string; source?: string; replayed?: 'true' | 'false' }
