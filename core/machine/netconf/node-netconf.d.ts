// The package has no types of its own. These are the parts that are used.
declare module 'node-netconf' {
  type Callback = (error: Error | null, message: unknown) => void

  export class Client {
    constructor(options: { host: string })
    /** Options of xml2js. */
    parseOpts: Record<string, unknown>
    rpc(request: string | object, callback: Callback): void
    _send(xml: string, id: number, callback: Callback): void
    _parse(xml: string, callback: Callback): void
  }
}
