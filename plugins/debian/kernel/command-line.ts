import { linux } from 'antidote'

/** What both kernels are started with; systemd's udev would name the cards by another scheme than ours. */
export const COMMAND_LINE = linux.commandLine('net.ifnames=0', 'quiet')
