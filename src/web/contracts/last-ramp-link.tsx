/** Leads from a contract to its last ramp. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** The link, as the end of a line. */
export function LastRampLink({ ramp }: { readonly ramp: string }): ReactNode {
  return (
    <>
      , last ramp{' '}
      <Link to="/ramps/$ramp" params={{ ramp }} className="text-accent underline">
        {ramp}
      </Link>
    </>
  )
}
