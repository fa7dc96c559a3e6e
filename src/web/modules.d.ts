/** Style sheets are imported for their effect; what they hold is Vite's business. */
declare module '*.css'
