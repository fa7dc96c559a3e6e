/** The number of a port, which leads to its story. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** Draws it. */
export function PortLink(props: {
  readonly port: number
  readonly host?: string | undefined
}): ReactNode {
  const { port, host } = props
  return (
    <Link
      to="/ports"
      search={{ port: String(port) }}
      title={host === undefined ? `Story of port ${port}` : `${host}:${port}; its story`}
      className="font-medium text-accent hover:underline"
    >
      {port}
    </Link>
  )
}
