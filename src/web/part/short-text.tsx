/** Texts of machines: digests, ids and commands to copy. */
import { Check, Copy } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { type Digest, shortDigest } from '../../core/units/digest.ts'

/** A digest, short; whole in its title. */
export function DigestText({ digest }: { readonly digest: Digest }): ReactNode {
  return (
    <code className="font-mono text-[0.78rem]" title={digest}>
      {shortDigest(digest)}
    </code>
  )
}

/** A text that can be taken along. */
export function Copyable(props: { readonly text: string; readonly label: string }): ReactNode {
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    // Without TLS there is no clipboard; the text can still be marked.
    await navigator.clipboard?.writeText(props.text)
    setCopied(true)
  }
  return (
    <span className="inline-flex max-w-full items-center gap-1 rounded-md border border-line bg-sunken py-0.5 pr-1 pl-2">
      <code className="select-all break-all text-left font-mono text-[0.78rem]">{props.text}</code>
      <button
        type="button"
        aria-label={`Copy ${props.label}`}
        className="rounded p-1 text-muted hover:text-ink"
        onClick={() => void copy()}
      >
        {isCopied ? <Check aria-hidden="true" size={13} /> : <Copy aria-hidden="true" size={13} />}
      </button>
      <span className="sr-only" aria-live="polite">
        {isCopied ? 'Copied' : ''}
      </span>
    </span>
  )
}

/** A key on the keyboard. */
export function Key({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <kbd className="inline-flex min-w-5 justify-center rounded border border-firm bg-sunken px-1 font-mono text-[0.7rem] leading-5">
      {children}
    </kbd>
  )
}
