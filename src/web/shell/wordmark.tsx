/** The name with its sign: stairs, of which each stands on the one before. */
import type { ReactNode } from 'react'

/** The sign and the name. */
export function Wordmark(): ReactNode {
  return (
    <span className="flex items-center gap-2">
      <svg aria-hidden="true" viewBox="0 0 32 32" width="22" height="22">
        <rect width="32" height="32" rx="7" className="fill-accent" />
        <path
          d="M6 24h5v-5h5v-5h5V9h5"
          fill="none"
          className="stroke-on-accent"
          strokeWidth="3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className="font-semibold text-[0.95rem] tracking-tight">Rampart</span>
    </span>
  )
}
