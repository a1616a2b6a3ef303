# Another home of the same images can be given: --build-arg DOTNET_IMAGES=…
ARG DOTNET_IMAGES=mcr.microsoft.com/dotnet
FROM ${DOTNET_IMAGES}/sdk:10.0 AS build
WORKDIR /source
# Packages change seldom: they are a layer of their own, which a changed source leaves as it is.
COPY Directory.Build.props Directory.Packages.props global.json ./
COPY build build
COPY src/SetupWizard/SetupWizard.csproj src/SetupWizard/
COPY src/SetupWizard.Core/SetupWizard.Core.csproj src/SetupWizard.Core/
COPY src/SetupWizard.Sandbox/SetupWizard.Sandbox.csproj src/SetupWizard.Sandbox/
RUN dotnet restore src/SetupWizard
COPY . .
# The commit, which the version names: there is no repository in here.
ARG REVISION=
RUN dotnet publish src/SetupWizard --configuration Release --no-restore --output /app \
        -p:SourceRevisionId="$REVISION" -p:PublishDocumentationFiles=false -p:DebugType=none

FROM ${DOTNET_IMAGES}/aspnet:10.0
# PostgreSQL is for the sandbox only: "Try it on a sandbox" starts one as this same user, on a cluster that it makes. None is made here, nor a key that everybody
# who has this image would have; compiling queries (LLVM) takes a fifth of the image and gains a sandbox nothing. The OpenSSH client is for tunnels.
# Any user may run the image whose group is 0: /data is that group's, and so is what others make in it.
RUN mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
    && mkdir -p /etc/dpkg/dpkg.cfg.d \
    && printf 'path-exclude=/usr/share/%s/*\n' doc man info lintian locale i18n >/etc/dpkg/dpkg.cfg.d/no-documentation \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql openssh-client \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
        /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem \
        /usr/lib/postgresql/*/lib/bitcode /usr/lib/postgresql/*/lib/llvmjit* /usr/lib/*/libLLVM* /usr/lib/*/libz3.so* /usr/lib/llvm-* \
    && mkdir /data && chown "$APP_UID:0" /data && chmod 2770 /data
COPY --from=build /app /source/LICENSE /app/
USER $APP_UID
WORKDIR /app
# The port is published by whoever runs the container; the access token still guards the door.
ENV Wizard__Host=0.0.0.0 Wizard__Port=5080 Wizard__DataDirectory=/data PATH=/app:$PATH
VOLUME /data
EXPOSE 5080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/5080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '^ok' <&3"]
ARG REVISION=
LABEL org.opencontainers.image.title="SetupWizard" \
    org.opencontainers.image.description="Prepares a PostgreSQL database as a source for ClickHouse ClickPipes" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.revision="$REVISION"
ENTRYPOINT ["SetupWizard"]
