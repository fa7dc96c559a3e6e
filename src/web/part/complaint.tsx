/** What went wrong with what somebody wanted to change, where they wanted it. */
import type { ReactNode } from 'react'

/** Its place is kept while there is nothing to say, so that buttons stay where they are. */
export function Complaint({ sentence }: { readonly sentence: string | undefined }): ReactNode {
  return (
    <p role="alert" className="min-h-5 text-bad">
      {sentence}
    </p>
  )
}
