// Elements without a framework: what the page needs is to make them, and to bring what is there in line with what should be, so that focus,
// selection and scroll stay. Text only ever becomes text: nothing here takes markup.

type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined>;

/** Makes an element. An attribute that is null, undefined or false is left out; `key` tells the children of one parent apart. */
export function h(tag: string, attributes: Attributes = {}, ...children: (Child | Child[])[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false)
      continue;
    element.setAttribute(name === 'key' ? 'data-key' : name, value === true ? '' : String(value));
  }

  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false)
      continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }

  return element;
}

/** Makes the children of an element what they should be, and touches only what differs. */
export function patch(parent: Element, children: (Node | null | false | undefined)[]): void {
  let at: ChildNode | null = parent.firstChild;
  for (const wanted of children) {
    if (!wanted)
      continue;

    const found = match(at, wanted);
    if (!found) {
      parent.insertBefore(wanted, at);
      continue;
    }

    if (found !== at)
      parent.insertBefore(found, at);
    else
      at = at.nextSibling;
    bringInLine(found, wanted);
  }

  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** The node that may become the wanted one: the one in its place, or further on the one with its key. */
function match(at: ChildNode | null, wanted: Node): ChildNode | null {
  const key = keyOf(wanted);
  if (key === null)
    return at && at.nodeName === wanted.nodeName && keyOf(at) === null ? at : null;
  for (let candidate = at; candidate; candidate = candidate.nextSibling) {
    if (candidate.nodeName === wanted.nodeName && keyOf(candidate) === key)
      return candidate;
  }

  return null;
}

function keyOf(node: Node): string | null {
  return node instanceof Element ? node.getAttribute('data-key') : null;
}

function bringInLine(node: ChildNode, wanted: Node): void {
  if (!(node instanceof Element) || !(wanted instanceof Element)) {
    if (node.nodeValue !== wanted.nodeValue)
      node.nodeValue = wanted.nodeValue;
    return;
  }

  for (const { name } of [...node.attributes]) {
    // The reader's own: a <details> stays as it was left.
    if (!wanted.hasAttribute(name) && name !== 'open')
      node.removeAttribute(name);
  }

  for (const { name, value } of [...wanted.attributes]) {
    if (node.getAttribute(name) !== value)
      node.setAttribute(name, value);
  }

  // An option's choice and a field's text are the reader's own too; their elements are kept, and so is what was typed.
  patch(node, [...wanted.childNodes]);
}
