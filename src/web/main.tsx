/** The dashboard's beginning: puts the parts together and draws them. */
import './app.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { present } from '../core/fault/assert.ts'
import { followNews } from './api/liveness.ts'
import { beginSessionByAddress } from './api/request.ts'
import { statusOf } from './api/request-failure.ts'
import { router } from './router.tsx'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What was refused stays refused; what did not answer may be back in a moment.
      retry: (failures, error) => statusOf(error) === 0 && failures < 2,
      refetchOnWindowFocus: true,
      staleTime: 1_000,
    },
  },
})

// A code that is worth nothing any more leads to the page where one signs in, like none at all.
await beginSessionByAddress().catch(() => undefined)
followNews(queries)
createRoot(present(document.getElementById('app'), 'the page has its place')).render(
  <QueryClientProvider client={queries}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
)
