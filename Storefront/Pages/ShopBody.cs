using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;

namespace OrderSaga.Storefront.Pages;

/// <summary>A rendered page. Its entity tag is the hash of its bytes: every process gives the same page the same tag.</summary>
sealed class ShopBody
{
    const int TagBytes = 16;

    ShopBody(byte[] bytes)
    {
        Bytes = bytes;
        Version = new ResourceVersion(Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, TagBytes)));
    }

    public byte[] Bytes { get; }

    public ResourceVersion Version { get; }

    public static ShopBody Of<T>(T view) => new(JsonSerializer.SerializeToUtf8Bytes(view, WebJson.Options));
}
