/** Where a port of the guest is reached. */
export interface Place {
  host: string
  port: number
}
