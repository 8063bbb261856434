// Passkeys: asks the browser for one and sends it with the form. What to ask for stands in the
// form's data attributes, or is fetched from its address when signing in.
(() => {
  'use strict'

  const ways = {
    add: (form) => window.webauthnJSON.create(JSON.parse(form.dataset.options)),
    use: (form) => window.webauthnJSON.get(JSON.parse(form.dataset.options)),
    'sign-in': async (form) => {
      const answer = await fetch(form.action, { headers: { Accept: 'application/json' } })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      return window.webauthnJSON.get((await answer.json()).options)
    }
  }

  function prepare (form) {
    const button = form.querySelector('button[type="submit"]')
    const error = form.querySelector('[data-passkey-error]')
    form.querySelector('[data-passkey-absent]').hidden = true
    button.hidden = false
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      error.textContent = ''
      button.disabled = true
      try {
        const credential = await ways[form.dataset.passkey](form)
        form.elements.credential.value = JSON.stringify(credential)
        form.submit()
      } catch {
        error.textContent = form.dataset.refused
        button.disabled = false
      }
    })
  }

  if (window.webauthnJSON && window.webauthnJSON.supported()) {
    document.querySelectorAll('form[data-passkey]').forEach(prepare)
  }
})()
