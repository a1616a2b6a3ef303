# Another home of the same images can be given: --build-arg DOTNET_IMAGES=…
ARG DOTNET_IMAGES=mcr.microsoft.com/dotnet
FROM ${DOTNET_IMAGES}/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/SetupWizard --configuration Release --output /app

FROM ${DOTNET_IMAGES}/aspnet:10.0
# PostgreSQL is for the sandbox only: "Try it on a sandbox" starts one as this same user. The OpenSSH client is for tunnels.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir /data && chown "$APP_UID:0" /data && chmod 0770 /data
COPY --from=build /app /app
USER $APP_UID
WORKDIR /app
# The port is published by whoever runs the container; the access token still guards the door.
ENV Wizard__Host=0.0.0.0 Wizard__Port=5080 Wizard__DataDirectory=/data
VOLUME /data
EXPOSE 5080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/5080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '^ok' <&3"]
ENTRYPOINT ["dotnet", "SetupWizard.dll"]
