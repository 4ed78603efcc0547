import type { PortSpec } from '../../base/model/machine-spec.ts'
import type { ImageConfig } from '../../contract/config/schema.ts'
import { definePlugin, type Plugin } from '../../contract/plugin/plugin.ts'
import { CORE_VERSION } from './version.ts'

const written = ({ port, protocol }: PortSpec): string => `${port}/${protocol}`

const read = (text: string): PortSpec => {
  const [port, protocol] = text.split('/')
  return { port: Number(port), protocol: protocol as 'tcp' | 'udp' }
}

/** The last word on the machine has the image's own config. */
export const machine = ({ machine, ports }: ImageConfig): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ boot }) {
      const { interfaces, ...rest } = machine
      boot.tap({ name: 'machine', inputs: { machine, ports } }, (spec) => ({
        ...spec,
        ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
        ...(typeof interfaces === 'number' && { interfaces }),
        ...(Array.isArray(interfaces) && { interfaces: interfaces.length, interfaceNames: interfaces }),
        ports: [...new Set([...ports, ...spec.ports.map(written)])].map(read),
      }))
    },
  })
