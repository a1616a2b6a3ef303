using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using MudBlazor;
using MudBlazor.Services;
using Serilog;
using Serilog.Events;
using SetupWizard.Cli;
using SetupWizard.Components;
using SetupWizard.Components.Gallery;
using SetupWizard.Configuration;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;
using SetupWizard.Endpoints;
using SetupWizard.Localization;
using SetupWizard.Network;
using SetupWizard.Security;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Saved;

namespace SetupWizard;

/// <summary>The web application, put together in one place so that a test starts exactly what users start.</summary>
public sealed class SetupWizardApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SetupWizardApp(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    /// <summary>The address it listens on, once started.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
        ?? throw new InvalidOperationException("The application has not been started.");

    /// <summary>Serves until cancelled or interrupted.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="browser">Whether a browser on this machine is opened.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>0 after an orderly end, 3 when the options are wrong.</returns>
    public static async Task<int> RunAsync(WizardOptions options, bool browser, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(options);
            await app.StartAsync(cancellationToken);
            var url = app.EntryUrl();
            await Welcome.WriteAsync(url, options.RequireToken);
            var opened = browser ? DesktopBrowser.OpenAsync(url, app._app.Lifetime.ApplicationStopping) : Task.CompletedTask;
            if (await app.Services.GetRequiredService<IAuditLog>().TroubleAsync(cancellationToken) is { } reason)
            {
                await Console.Error.WriteLineAsync(Ui.T("App.NoRecord", ("reason", reason)));
            }

            await app._app.WaitForShutdownAsync(cancellationToken);
            await opened;
            return 0;
        }
        catch (OptionsValidationException exception)
        {
            foreach (var problem in exception.Failures)
            {
                await Console.Error.WriteLineAsync(problem);
            }

            return 3;
        }
        catch (IOException exception)
        {
            // The port is taken or the address is not this machine's.
            await Console.Error.WriteLineAsync(exception.Message);
            await Console.Error.WriteLineAsync(Ui.T("App.OtherPort"));
            return 3;
        }
    }

    /// <summary>Puts the application together without starting it.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="preConfigure">Changes services before the application is built; for tests.</param>
    /// <exception cref="OptionsValidationException">The options are wrong; the exception lists every problem.</exception>
    public static SetupWizardApp Build(WizardOptions options, Action<WebApplicationBuilder>? preConfigure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var verdict = new ValidateWizardOptions().Validate(null, options);
        if (verdict.Failed)
        {
            throw new OptionsValidationException(WizardOptions.Section, typeof(WizardOptions), verdict.Failures);
        }

        // Static files and settings lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(SetupWizardApp).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });

        // Without this call, static files answer with an empty body when started from build output.
        builder.WebHost.UseStaticWebAssets();

        // What was built is what is served. Otherwise files from build output are looked at again for each request, and in development a browser that takes them
        // compressed cannot decode one of them.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        if (!builder.Environment.IsDevelopment())
        {
            // Without this no browser keeps them.
            builder.Configuration["EnableStaticAssetsDevelopmentCaching"] = "true";
        }

        // Of where it listens the options alone decide: an image of .NET names a port of its own, and every start would warn of it.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "").UseSetting(WebHostDefaults.HttpPortsKey, "").UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        MakeDataDirectory(options.DataDirectory);
        var closing = new Closing();
        AddLogging(builder, options, closing);
        AddServices(builder.Services, options);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = Closing.Limit);
        preConfigure?.Invoke(builder);
        var app = builder.Build();
        closing.BeginsWith(app.Lifetime.ApplicationStopping);
        app.Use(closing.InvokeAsync);
        Configure(app);
        return new SetupWizardApp(app);
    }

    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    /// <summary>The URL to open, with a token for one browser when one is needed.</summary>
    public string EntryUrl()
    {
        var options = _app.Services.GetRequiredService<IOptions<WizardOptions>>().Value;
        return options.RequireToken
            ? AccessGate.UrlWith(AccessGate.AddressOf(options, _app.Services.GetRequiredService<IServer>()), _app.Services.GetRequiredService<AccessToken>().Issue(out _))
            : AccessGate.AddressOf(options, _app.Services.GetRequiredService<IServer>());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Before anybody else makes it, and for its owner only. Where that cannot be, everything but applying goes on.</summary>
    private static void MakeDataDirectory(string path)
    {
        try
        {
            PrivateFiles.MakeDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Said at the start and in every review.
        }
    }

    private static void Listen(KestrelServerOptions kestrel, WizardOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(options.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(options.Host), options.Port);
    }

    private static void AddLogging(WebApplicationBuilder builder, WizardOptions options, Closing closing)
    {
        // Standard output belongs to the URL and, in the terminal verbs, to results.
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            // What keeps it from starting is said in one sentence by whoever starts it.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
            // Keys live as long as the process: a browser that outlives it brings a cookie nobody can read any more, and that is no error.
            .MinimumLevel.Override("Microsoft.AspNetCore.Antiforgery", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .Filter.With(closing)
            .WriteTo.Console(
                standardErrorFromLevel: LogEventLevel.Verbose,
                restrictedToMinimumLevel: LogEventLevel.Warning,
                formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .WriteTo.File(
                Path.Combine(options.DataDirectory, "logs", "wizard-.log"),
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: 14,
                fileSizeLimitBytes: 50_000_000,
                rollOnFileSizeLimit: true,
                formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .CreateLogger();
        builder.Services.AddSerilog(logger, dispose: true);
    }

    private static void AddServices(IServiceCollection services, WizardOptions options)
    {
        services.AddSingleton(Options.Create(options));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<AccessToken>();
        services.AddSingleton<CookieNames>();
        services.AddSingleton<SessionSeal>();
        services.AddSingleton<Refusals>();

        // Which port a free one is, nobody knows yet: two such wizards would have one name between them.
        var own = options.Port == 0 ? Guid.NewGuid().ToString("N") : options.Port.ToString(CultureInfo.InvariantCulture);
        services.AddAntiforgery(antiforgery => antiforgery.Cookie.Name = "setupwizard-forms-" + own);

        // Antiforgery's own policy would refuse every request here: TLS ends in front of the wizard.
        services.Configure<CookiePolicyOptions>(cookies => cookies.Secure = options.PublicAddress is { Scheme: "https" } ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest);
        services.AddSingleton<IAuditLog>(_ => new JsonLinesAuditLog(options.DataDirectory, TimeProvider.System));
        services.AddSingleton(_ => new PlanKeys(options.DataDirectory, TimeProvider.System));
        services.AddSingleton<ISetupRunner, SetupRunner>();
        services.AddSingleton<ISandboxLauncher, SandboxLauncher>();
        services.AddSingleton<SavedSetupStore>();
        services.AddSingleton<WizardSessionStore>();
        services.AddScoped<Announcements>();
        services.AddScoped<Browser>();
        services.AddScoped<Presence>();
        services.AddScoped<CircuitHandler>(provider => provider.GetRequiredService<Presence>());
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddHostedService<SessionSweeper>();
        services.AddHttpClient<AddressReader>(AddressReader.Configure).ConfigurePrimaryHttpMessageHandler(AddressReader.Handler);
        services.AddHttpContextAccessor();
        services.AddMudServices();
        services.AddTransient<MudLocalizer, LibraryWords>();
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = FieldLimit.MessageBytes);
    }

    /// <summary>A style sheet names fonts without the mark of their content; their folder has their version, so they never change either.</summary>
    private static Task KeepFonts(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/fonts", StringComparison.Ordinal))
        {
            context.Response.OnStarting(() =>
            {
                if (context.Response.StatusCode == StatusCodes.Status200OK)
                {
                    context.Response.Headers.CacheControl = "max-age=31536000, immutable";
                }

                return Task.CompletedTask;
            });
        }

        return next(context);
    }

    private static void Configure(WebApplication app)
    {
        app.UseRequestLocalization(Cultures.Options());
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler(error => error.Run(ErrorPage.WriteAsync));
        app.UseCookiePolicy();
        app.UseMiddleware<HostGate>();
        app.UseMiddleware<AccessGate>();

        // Behind the gate, whose addresses carry a token; the query is never written, and what went well is for whoever looks closely.
        app.UseSerilogRequestLogging(requests => requests.GetLevel = (context, _, exception) => exception is not null || context.Response.StatusCode >= 500 ? LogEventLevel.Error : LogEventLevel.Debug);
        app.UseMiddleware<SessionCookie>();
        app.UseStatusCodePagesWithReExecute("/not-found");
        app.UseAntiforgery();
        app.Use(KeepFonts);
        app.MapStaticAssets();
        app.MapGet("/healthz", () => Results.Text("ok"));
        app.MapGet(AccessGate.KeyPath, () => Results.NoContent());
        Downloads.Map(app);
        SignOut.Map(app);
        app.MapGet("/culture", Cultures.Choose);
        var pages = app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
        if (!app.Environment.IsDevelopment())
        {
            pages.Add(LeaveGalleryOut);
        }
    }

    /// <summary>The gallery is for whoever works on components: elsewhere its address is as unknown as any other.</summary>
    private static void LeaveGalleryOut(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.OfType<ComponentTypeMetadata>().Any(static m => m.Type == typeof(Gallery)))
        {
            endpoint.Metadata.Add(new SuppressMatchingMetadata());
        }
    }
}
