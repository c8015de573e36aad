/** One event of a stream of Server-Sent Events. */
export interface ServerEvent { id?: string; name: string; data: string }

/** Takes a stream apart as it comes: for every piece that arrives, the events that are whole with it. Whoever leaves early ends it. */
export async function* readEvents(body: ReadableStream<BufferSource>): AsyncGenerator<ServerEvent[]> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done)
        return;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop()!;
      yield blocks.map(parse).filter(event => event.data !== '');
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block: string): ServerEvent {
  const event: ServerEvent = { name: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === 'id')
      event.id = value!;
    else if (field === 'event')
      event.name = value!;
    else if (field === 'data')
      data.push(value!);
  }

  event.data = data.join('\n');
  return event;
}
