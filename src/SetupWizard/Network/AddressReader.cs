using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Network;

/// <summary>What came of asking for the published addresses.</summary>
/// <param name="List">The addresses; null when they could not be had.</param>
/// <param name="Problem">Why not: the end of a key of the words; null when they were read.</param>
/// <param name="Detail">A status code, or the region or field that is wrong; null when there is none.</param>
public sealed record AddressReading(PublishedAddresses? List, string? Problem = null, string? Detail = null);

/// <summary>Reads the addresses ClickHouse publishes. Only when somebody asks: the application calls nobody by itself.</summary>
public sealed class AddressReader(HttpClient http, IOptions<WizardOptions> options, TimeProvider time)
{
    /// <summary>The list has about ten kilobytes.</summary>
    public const int MostBytes = 512 * 1024;

    /// <summary>Where the addresses come from.</summary>
    public Uri Address { get; } = new(options.Value.AddressList);

    /// <summary>How long an answer may take, and how long it may be.</summary>
    public static void Configure(HttpClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        client.Timeout = TimeSpan.FromSeconds(10);
        client.MaxResponseContentBufferSize = MostBytes;
        client.DefaultRequestHeaders.Accept.Add(new("application/json"));
    }

    /// <summary>Follows nobody elsewhere: the address is the one that was configured.</summary>
    public static HttpMessageHandler Handler() => new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None };

    /// <summary>Reads the list once.</summary>
    public async Task<AddressReading> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(Address, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return new(null, "status", ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
            }

            return new(PublishedAddressList.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken), time.GetUtcNow()));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, "timeout");
        }
        catch (HttpRequestException e)
        {
            return new(null, e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded ? "size" : "unreachable");
        }
        catch (UnusableAddressesException e)
        {
            return new(null, e.Case, e.Where);
        }
    }
}
