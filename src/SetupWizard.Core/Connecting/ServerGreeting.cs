using System.Buffers.Binary;
using System.Net.Sockets;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Whether what answers on a port speaks PostgreSQL's protocol: asked for TLS, such a server answers with one letter, and nothing else does. Found out on a connection of its
/// own, so that no driver reads megabytes of something else.
/// See <see href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL"/>.
/// </summary>
internal static class ServerGreeting
{
    private const int SslRequestCode = 80877103;

    /// <summary>Stands for a reply that is not PostgreSQL's protocol.</summary>
    private const byte Other = 0;

    /// <summary>The shortest and the longest error that a client believes in, as libpq does.</summary>
    private const int ShortestError = 8;

    private const int LongestError = 30_000;

    /// <summary>Asks for TLS; null when the other side hung up. An answer with something behind it is none: PostgreSQL waits for us, and SSH begins with an S, too.</summary>
    public static async Task<byte?> AskForTlsAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), SslRequestCode);
        await stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        var answer = new byte[64];
        return await stream.ReadAsync(answer, cancellationToken).ConfigureAwait(false) switch
        {
            0 => null,
            1 => answer[0],
            var read => answer[0] == (byte)'E' && ReadsAsError(answer.AsSpan(1, read - 1)) ? answer[0] : Other,
        };
    }

    /// <summary>Behind its letter an error has a length and its fields, each with a letter.</summary>
    private static bool ReadsAsError(ReadOnlySpan<byte> rest) =>
        rest.Length <= sizeof(int) || (BinaryPrimitives.ReadInt32BigEndian(rest) is >= ShortestError and <= LongestError && char.IsAsciiLetter((char)rest[sizeof(int)]));

    /// <summary>Whether an answer is one of PostgreSQL's: yes, no, or an error.</summary>
    public static bool IsPostgres(byte answer) => answer is (byte)'S' or (byte)'N' or (byte)'E';

    /// <summary>Whether what answers is certainly no PostgreSQL: asked when the driver failed for no reason that says so.</summary>
    public static async Task<bool> IsSomethingElseAsync(SetupTarget target, CancellationToken cancellationToken)
    {
        try
        {
            await EnsureAsync(target, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (OpeningFailedException e)
        {
            return e.Case == OpeningFailedException.NotPostgres(null).Case;
        }
    }

    /// <summary>Throws for what is not PostgreSQL. Who cannot be reached at all is left for the driver to tell.</summary>
    /// <exception cref="OpeningFailedException">It speaks something else, keeps silent or hangs up.</exception>
    public static async Task EnsureAsync(SetupTarget target, CancellationToken cancellationToken)
    {
        var endpoint = target.Endpoint;
        using var patience = new CancellationTokenSource(target.Limits.Open);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(endpoint.Host, endpoint.Port, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return;
        }

        try
        {
            var answer = await AskForTlsAsync(client.GetStream(), limit.Token).ConfigureAwait(false);
            if (answer is not { } letter || !IsPostgres(letter))
            {
                throw answer is null ? OpeningFailedException.ClosedAtOnce(null) : OpeningFailedException.NotPostgres(null);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw OpeningFailedException.Hung(e);
        }
        catch (IOException e)
        {
            throw OpeningFailedException.ClosedAtOnce(e);
        }
    }
}
