# The image of this repository, and everything that proves it.
TARGET_VERSION ?= latest
# Where `make install` puts the command: in bin below it.
PREFIX ?= $(if $(filter 0,$(shell id -u)),/usr/local,$(HOME)/.local)
ANTIDOTE := node dist/core/cli/bin.js
SOURCES := $(shell find core plugins presets -type f) package.json tsconfig.json tsconfig.build.json

.PHONY: docker engine install test test-all test-slow test-bare unit fuzz e2e bench docs host test-host clean

docker: dist engine
	$(ANTIDOTE) publish --tag antidotelabs/utility:$(TARGET_VERSION) --load

# a copy: what npm links of a clone would change with it. No script runs: those of the packages only make SSH faster
install: dist
	@set -e; work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	npm pack --loglevel=error --ignore-scripts --pack-destination "$$work" >/dev/null; \
	npm install --global --prefix '$(PREFIX)' --ignore-scripts --no-audit --no-fund --loglevel=error "$$work"/antidote-*.tgz; \
	echo 'Installed $(PREFIX)/bin/antidote'; \
	case ":$$PATH:" in *':$(PREFIX)/bin:'*) ;; *) echo 'Put it into your PATH: export PATH="$(PREFIX)/bin:$$PATH"';; esac

test: test-host unit fuzz docs e2e

# what is slow and seldom broken, too
test-all: test test-slow test-bare

# second kernels, a hundred restores
test-slow: test-host dist
	npm run --silent test:slow

# fresh machines that have nothing, and run the commands of the README
test-bare: test-host node_modules
	@test/host-packages passt:pasta
	npm run --silent test:bare

unit: node_modules
	npm test --silent

# a minute of mutated inputs for everything that reads what others wrote; `npm run fuzz -- --seconds 3600` for more
fuzz: node_modules
	npm run --silent fuzz

e2e: dist
	npm run --silent test:e2e

bench: dist
	npm run --silent bench

docs: node_modules
	npm run --silent docs:build

dist: node_modules $(SOURCES)
	npm run --silent build
	touch dist

node_modules: package.json package-lock.json | host
	# not `npm ci`: it wants every platform's optional packages, which not every registry has
	npm install --no-save --no-audit --no-fund --loglevel=error
	touch node_modules

# podman is installed where no container engine answers
engine: dist
	@{ timeout 10 podman info || timeout 10 docker version; } >/dev/null 2>&1 || $(ANTIDOTE) doctor --fix

# what antidote itself needs of a host
host:
	@test/host-packages nodejs:node npm mmdebstrap uidmap:newuidmap make

# what the end-to-end tests run beside it
test-host:
	@test/host-packages nodejs:node npm mmdebstrap uidmap:newuidmap zstd podman runc iptables netavark:/usr/lib/podman/netavark docker-registry gnupg:gpg openssh-client:ssh sshpass binutils:strings iproute2:ip iputils-ping:ping docker.io:dockerd docker-compose util-linux:nsenter busybox python3 qemu-utils:qemu-img catatonit openssl xz-utils:xz e2fsprogs:mke2fs

clean:
	rm -rf dist node_modules docs/.vitepress/cache docs/.vitepress/dist
