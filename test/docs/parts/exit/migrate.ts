/** Work that ends well. */
console.log('migrated')
